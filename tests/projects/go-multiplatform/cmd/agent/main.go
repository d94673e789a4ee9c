package main

import _ "example.com/agent/internal/build"

func main() {}
