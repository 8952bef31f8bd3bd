// web answers on port 80, as a stock nginx does as far as a static pod is concerned.
package main

import (
	"fmt"
	"log"
	"net/http"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	leave := make(chan os.Signal, 1)
	signal.Notify(leave, syscall.SIGINT, syscall.SIGTERM, syscall.SIGQUIT)
	go func() { <-leave; os.Exit(0) }()
	http.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) {
		name, _ := os.Hostname()
		fmt.Fprintf(w, "served by %s\n", name)
	})
	log.Fatal(http.ListenAndServe(":80", nil))
}
