module example.com/snooper

go 1.25
