module example.com/feedd

go 1.25
