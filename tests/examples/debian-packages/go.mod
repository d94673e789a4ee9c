module example.com/debian

go 1.23
