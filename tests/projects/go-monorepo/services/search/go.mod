module example.com/shop/services/search

go 1.25
