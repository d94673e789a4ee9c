module example.com/site

go 1.25

tool github.com/a-h/templ/cmd/templ

require github.com/a-h/templ v0.3.833
