module example.com/permanu

go 1.23
