module example.com/monorepo/services/mail

go 1.23
