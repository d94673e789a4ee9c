package main

import (
	"log"
	"time"
)

func main() {
	for now := range time.Tick(time.Minute) {
		log.Printf("it is %s", now.Format(time.Kitchen))
	}
}
