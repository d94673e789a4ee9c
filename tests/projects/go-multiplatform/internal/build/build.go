package build

var (
	Version  string
	Revision string
)
