"""Serves pinned downloads over HTTPS on the loopback, for the hosts that the projects name."""

import contextlib
import functools
import http.server
import pathlib
import ssl
import threading

import engine

# Where the Alpine images keep the certificates that they trust.
BUNDLE = "/etc/ssl/certs/ca-certificates.crt"


class Quiet(http.server.SimpleHTTPRequestHandler):
    """Notes what is asked for instead of printing it."""

    def log_message(self, *_):
        self.server.requests.append(self.path)


def certificate(folder, host):
    """An authority of our own, and a certificate that it gives to a host; the paths of both and of the key."""
    authority, request, given = folder / "ca.crt", folder / "host.csr", folder / "host.crt"
    names = folder / "names"
    names.write_text(f"subjectAltName=DNS:{host}")
    new = ["openssl", "req", "-newkey", "rsa:2048", "-nodes"]
    engine.run(*new, "-x509", "-days", 2, "-subj", "/CN=test authority", "-keyout", folder / "ca.key", "-out", authority)
    engine.run(*new, "-subj", "/CN=downloads", "-keyout", folder / "host.key", "-out", request)
    # fmt: off
    engine.run("openssl", "x509", "-req", "-in", request, "-CA", authority, "-CAkey", folder / "ca.key", "-CAcreateserial",
               "-days", 2, "-extfile", names, "-out", given)
    # fmt: on
    return authority, given, folder / "host.key"


@contextlib.contextmanager
def serve(folder, host, images):
    """Serves `folder/www` as `https://host/`; the images trust it. Gives the list of the paths that were asked for."""
    authority, given, key = certificate(folder, host)
    for image in images:
        with engine.files(f"localhost/{image}") as root:
            bundle = folder / "bundle.crt"
            bundle.write_bytes((root / BUNDLE.lstrip("/")).read_bytes() + authority.read_bytes())
        engine.commit(f"localhost/{image}", image, (bundle, BUNDLE))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(given, key)
    handler = functools.partial(Quiet, directory=pathlib.Path(folder) / "www")
    with http.server.ThreadingHTTPServer(("127.0.0.1", 443), handler) as server:
        server.requests = []
        server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield server.requests
        finally:
            server.shutdown()
            thread.join()
