package main

// #cgo LDFLAGS: -lzstd
// #include <zstd.h>
import "C"

import (
	"fmt"
	"log"
	"net/http"
)

func main() {
	http.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, "zstd %s\n", C.GoString(C.ZSTD_versionString()))
	})
	log.Fatal(http.ListenAndServe(":8080", nil))
}
