package main

import (
	"crypto/tls"
	"crypto/x509"
	"flag"
	"fmt"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os"
	"slices"

	"k8s.io/cri-streaming/pkg/streaming/portforward"
	"k8s.io/cri-streaming/pkg/streaming/remotecommand"
)

// serve answers for real pods what an API server asks of a kubelet: logs, exec and port-forward. Everything else,
// and every other pod, is passed on to kwok. Beside that it says what the pods use, as metrics-server does, lets
// them reach programs of this machine, and is their name server.
func serve(args []string) error {
	flags := flag.NewFlagSet("serve", flag.ContinueOnError)
	address := flags.String("address", "", "host:port to listen on")
	pods := flags.String("pods", "", "folder that the runtime keeps the pods in")
	next := flags.String("next", "", "URL of the server that other pods' requests go to")
	authority := flags.String("ca", "", "file of the authority that signs the cluster's certificates")
	certificate := flags.String("cert", "", "file of this server's certificate")
	key := flags.String("key", "", "file of its key")
	var mirrored mirrors
	flags.Var(&mirrored, "mirror", "pods that stand for a program of this machine, NAMESPACE/PREFIX=PORT=HOST:PORT,…")
	var plain, secured forwards
	flags.Var(&plain, "forward", "LISTEN=TARGET: passes connections to LISTEN on to TARGET; may be repeated")
	flags.Var(&secured, "forward-tls", "the same, with TLS between clients and LISTEN")
	forwardCertificate := flags.String("forward-cert", "", "file of the certificate for --forward-tls")
	forwardKey := flags.String("forward-key", "", "file of its key")
	names := flags.String("names", "", "host:port at which pods look up names")
	services := flags.String("services", "", "file in which the runtime keeps the names of Services")
	source := flags.String("names-from", "", "URL of the AWS endpoint that knows the names of private hosted zones")
	if err := flags.Parse(args); err != nil {
		return err
	}
	target, err := url.Parse(*next)
	if err != nil {
		return err
	}
	text, err := os.ReadFile(*authority)
	if err != nil {
		return err
	}
	trusted := x509.NewCertPool()
	trusted.AppendCertsFromPEM(text)
	for _, each := range plain {
		if err := each.open(nil); err != nil {
			return err
		}
	}
	if len(secured) > 0 {
		pair, err := tls.LoadX509KeyPair(*forwardCertificate, *forwardKey)
		if err != nil {
			return err
		}
		for _, each := range secured {
			if err := each.open(&pair); err != nil {
				return err
			}
		}
	}
	if err := serveNames(*names, resolver{&clusterNames{path: *services}, nameSource(*source)}); err != nil {
		return err
	}
	proxy := httputil.NewSingleHostReverseProxy(target)
	proxy.FlushInterval = -1
	proxy.Transport = &http.Transport{TLSClientConfig: &tls.Config{RootCAs: trusted, MinVersion: tls.VersionTLS12}}
	server := &http.Server{
		Addr:    *address,
		Handler: onlyMasters(routes(*pods, mirrored, startSampler(*pods), proxy)),
		// Exec and port-forward take over the connection, which HTTP/2 does not have.
		TLSNextProto: map[string]func(*http.Server, *tls.Conn, http.Handler){},
		TLSConfig: &tls.Config{
			ClientCAs:  trusted,
			ClientAuth: tls.RequireAndVerifyClientCert,
			MinVersion: tls.VersionTLS12,
		},
	}
	return server.ListenAndServeTLS(*certificate, *key)
}

// onlyMasters lets in the API server and the cluster's administrator: whoever reaches this can run any command.
func onlyMasters(handler http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !slices.Contains(r.TLS.PeerCertificates[0].Subject.Organization, "system:masters") {
			http.Error(w, "not allowed", http.StatusForbidden)
			return
		}
		handler.ServeHTTP(w, r)
	})
}

// The paths are those of the kubelet: pkg/kubelet/server/server.go of Kubernetes.
func routes(root string, mirrored mirrors, sampler *sampler, next http.Handler) http.Handler {
	mux := http.NewServeMux()
	real := func(handle func(http.ResponseWriter, *http.Request, *Pod)) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			if pod := findPod(root, r.PathValue("namespace"), r.PathValue("pod")); pod != nil {
				handle(w, r, pod)
				return
			}
			next.ServeHTTP(w, r)
		}
	}
	mux.Handle("/containerLogs/{namespace}/{pod}/{container}", real(serveLogs))
	for _, path := range []string{"/exec/{namespace}/{pod}/{container}", "/exec/{namespace}/{pod}/{uid}/{container}"} {
		mux.Handle(path, real(serveExec))
	}
	for _, path := range []string{"/portForward/{namespace}/{pod}", "/portForward/{namespace}/{pod}/{uid}"} {
		mux.HandleFunc(path, func(w http.ResponseWriter, r *http.Request) {
			namespace, name := r.PathValue("namespace"), r.PathValue("pod")
			if pod := findPod(root, namespace, name); pod != nil {
				servePortForward(w, r, forwarder{pod.dial})
			} else if mirror := mirrored.find(namespace, name); mirror != nil {
				servePortForward(w, r, forwarder{mirror.dial})
			} else {
				next.ServeHTTP(w, r)
			}
		})
	}
	for _, path := range []string{"/attach/{namespace}/{pod}/{container}", "/attach/{namespace}/{pod}/{uid}/{container}"} {
		mux.Handle(path, real(func(w http.ResponseWriter, _ *http.Request, _ *Pod) {
			http.Error(w, "attach is not supported for pods of a sandbox: use logs and exec", http.StatusNotImplemented)
		}))
	}
	serveMetrics(mux, sampler.metrics)
	mux.HandleFunc("/healthz", func(w http.ResponseWriter, _ *http.Request) { _, _ = fmt.Fprint(w, "ok") })
	mux.Handle("/", next)
	return mux
}

func serveExec(w http.ResponseWriter, r *http.Request, pod *Pod) {
	options, err := remotecommand.NewOptions(r)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	folder, err := pod.run(r.PathValue("container"), false)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	remotecommand.ServeExec(w, r, executor{folder}, pod.Name, r.PathValue("uid"), r.PathValue("container"),
		r.URL.Query()["command"], options, idle, remotecommand.DefaultStreamCreationTimeout,
		remotecommand.SupportedStreamingProtocols)
}

func servePortForward(w http.ResponseWriter, r *http.Request, to forwarder) {
	options, err := portforward.NewV4Options(r)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	portforward.ServePortForward(w, r, to, r.PathValue("pod"), r.PathValue("uid"), options, idle,
		remotecommand.DefaultStreamCreationTimeout, portforward.SupportedProtocols)
}
