// Every call of Toxiproxy's own Go client, against the server at HOST:PORT (the first argument).
// Prints one line for each call that did what it should; the first that doesn't ends it with status 1.
package main

import (
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"time"

	toxiproxy "github.com/Shopify/toxiproxy/v2/client"
)

func done(call string) { fmt.Println(call) }

func must(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func that(ok bool, format string, values ...any) {
	if !ok {
		must(fmt.Errorf(format, values...))
	}
}

func refused(err error, text string) {
	that(err != nil && strings.Contains(err.Error(), text), "wanted %q, got %v", text, err)
}

// echo is the time until an echo came back.
func echo(address string) (time.Duration, error) {
	start := time.Now()
	connection, err := net.Dial("tcp", address)
	if err != nil {
		return 0, err
	}
	defer connection.Close()
	connection.SetDeadline(start.Add(20 * time.Second))
	if _, err = connection.Write([]byte("x")); err == nil {
		_, err = io.ReadFull(connection, make([]byte, 1))
	}
	return time.Since(start), err
}

func after(address string, least time.Duration) {
	took, err := echo(address)
	must(err)
	that(took >= least, "an echo after %s, wanted %s", took, least)
}

func upstream() string {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	must(err)
	go func() {
		for {
			connection, err := listener.Accept()
			if err != nil {
				return
			}
			go io.Copy(connection, connection)
		}
	}()
	return listener.Addr().String()
}

func main() {
	client, address := toxiproxy.NewClient(os.Args[1]), upstream()

	version, err := client.Version()
	must(err)
	that(string(version) == "{\"version\": \"git\"}\n", "version %q", version)
	done("Client.Version")

	proxy, err := client.CreateProxy("go", "localhost:0", address)
	must(err)
	that(proxy.Enabled && strings.HasPrefix(proxy.Listen, "127.0.0.1:"), "created %+v", proxy)
	after(proxy.Listen, 0)
	done("Client.CreateProxy")
	_, err = client.CreateProxy("go", "localhost:0", address)
	refused(err, "HTTP 409: proxy already exists")
	done("Client.CreateProxy refused")

	second := client.NewProxy()
	second.Name, second.Listen, second.Upstream, second.Enabled = "second", "localhost:0", address, true
	must(second.Save())
	after(second.Listen, 0)
	done("Client.NewProxy")
	second.Upstream = "127.0.0.1:9"
	must(second.Save())
	done("Proxy.Save")

	found, err := client.Proxy("second")
	must(err)
	that(found.Upstream == "127.0.0.1:9" && found.Listen == second.Listen, "found %+v", found)
	done("Client.Proxy")
	_, err = client.Proxy("none")
	refused(err, "HTTP 404: proxy not found")
	done("Client.Proxy refused")
	all, err := client.Proxies()
	must(err)
	that(len(all) == 2 && all["go"].Listen == proxy.Listen, "all %+v", all)
	done("Client.Proxies")

	toxic, err := proxy.AddToxic("", "latency", "", 1, toxiproxy.Attributes{"latency": 300})
	must(err)
	that(toxic.Name == "latency_downstream" && toxic.Stream == "downstream", "toxic %+v", toxic)
	after(proxy.Listen, 290*time.Millisecond)
	done("Proxy.AddToxic")
	_, err = proxy.AddToxic("", "none", "", 1, nil)
	refused(err, "HTTP 400: invalid toxic type")
	done("Proxy.AddToxic refused")
	toxic, err = proxy.UpdateToxic("latency_downstream", -1, toxiproxy.Attributes{"latency": 600})
	must(err)
	that(toxic.Toxicity == 1 && toxic.Attributes["latency"] == 600.0, "toxic %+v", toxic)
	after(proxy.Listen, 590*time.Millisecond)
	done("Proxy.UpdateToxic")
	toxics, err := proxy.Toxics()
	must(err)
	that(len(toxics) == 1, "toxics %+v", toxics)
	done("Proxy.Toxics")

	// The command-line client sends a proxy back with its toxics; they must not be added again.
	proxy, err = client.Proxy("go")
	must(err)
	that(len(proxy.ActiveToxics) == 1, "active %+v", proxy.ActiveToxics)
	must(proxy.Disable())
	_, err = echo(proxy.Listen)
	refused(err, "connection refused")
	done("Proxy.Disable")
	must(proxy.Enable())
	toxics, err = proxy.Toxics()
	must(err)
	that(len(toxics) == 1, "toxics %+v", toxics)
	after(proxy.Listen, 590*time.Millisecond)
	done("Proxy.Enable")
	must(proxy.RemoveToxic("latency_downstream"))
	refused(proxy.RemoveToxic("latency_downstream"), "HTTP 404: toxic not found")
	done("Proxy.RemoveToxic")

	options := &toxiproxy.ToxicOptions{ProxyName: "go", ToxicName: "rate", ToxicType: "bandwidth", Stream: "upstream",
		Toxicity: 0.5, Attributes: toxiproxy.Attributes{"rate": 1000}}
	toxic, err = client.AddToxic(options)
	must(err)
	that(toxic.Toxicity == 0.5 && toxic.Stream == "upstream", "toxic %+v", toxic)
	done("Client.AddToxic")
	options.Attributes = toxiproxy.Attributes{"rate": 2000}
	toxic, err = client.UpdateToxic(options)
	must(err)
	that(toxic.Attributes["rate"] == 2000.0, "toxic %+v", toxic)
	done("Client.UpdateToxic")
	must(client.RemoveToxic(options))
	done("Client.RemoveToxic")

	must(second.Disable())
	must(client.ResetState())
	second, err = client.Proxy("second")
	must(err)
	that(second.Enabled, "reset enables")
	done("Client.ResetState")

	list, err := client.Populate([]toxiproxy.Proxy{
		{Name: "go", Listen: proxy.Listen, Upstream: address, Enabled: true},
		{Name: "third", Listen: "localhost:0", Upstream: address, Enabled: true},
	})
	must(err)
	that(len(list) == 2 && list[0].Listen == proxy.Listen && list[1].Enabled, "populated %+v", list)
	done("Client.Populate")

	all, err = client.Proxies()
	must(err)
	for _, each := range all {
		must(each.Delete())
	}
	all, err = client.Proxies()
	must(err)
	that(len(all) == 0, "left %+v", all)
	done("Proxy.Delete")
}
