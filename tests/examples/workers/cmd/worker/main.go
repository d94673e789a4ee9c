package main

import (
	"log"
	"time"
)

var queue = "unset"

func main() {
	log.Printf("works on queue %s", queue)
	for {
		time.Sleep(time.Minute)
	}
}
