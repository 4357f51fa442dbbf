#!/usr/bin/env python3
"""Plays a film in Chromium from localhost and prints when it began and ended.

    python3 benches/film/play.py FILM.mp4 [chromium]

Exit code 0 if the film was played to its end, 1 if not within a minute.
"""

import functools
import http.server
import os
import pathlib
import subprocess
import sys
import tempfile
import threading
import urllib.parse

PAGE = """<video id=v src="/film.mp4" muted></video><script>
const v = document.getElementById('v'), begun = performance.now(), log = [];
for (const name of ['loadedmetadata', 'canplay', 'playing', 'ended', 'error'])
  v.addEventListener(name, () => {
    const now = Math.round(performance.now() - begun);
    log.push(`${name} after ${now} ms at ${v.currentTime.toFixed(2)} of ${v.duration} s, `
      + `${v.videoWidth}x${v.videoHeight}`);
    if (name == 'ended' || name == 'error') {
      const q = v.getVideoPlaybackQuality();
      log.push(`${q.totalVideoFrames} pictures, ${q.droppedVideoFrames} dropped`);
      fetch(`/${name}?` + encodeURIComponent(log.join('\\n')));
    }
  });
v.play();
</script>"""


class Handler(http.server.BaseHTTPRequestHandler):
    def __init__(self, film, done, *args):
        self.film, self.done = film, done
        super().__init__(*args)

    def do_GET(self):
        path, _, words = self.path.partition("?")
        kind, body = "text/html", b""
        if path == "/":
            body = PAGE.encode()
        elif path == "/film.mp4":
            kind, body = "video/mp4", self.film.read_bytes()
        elif path in ("/ended", "/error"):
            print(urllib.parse.unquote(words))
            self.done["code"] = 0 if path == "/ended" else 1
            self.done["event"].set()
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass


def main():
    film = pathlib.Path(sys.argv[1])
    browser = sys.argv[2] if len(sys.argv) > 2 else "chromium"
    done = {"code": 1, "event": threading.Event()}
    handler = functools.partial(Handler, film, done)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with tempfile.TemporaryDirectory() as profile:
        flags = ["--headless=new", "--no-sandbox", "--disable-gpu", f"--user-data-dir={profile}",
                 "--autoplay-policy=no-user-gesture-required"]
        url = f"http://127.0.0.1:{server.server_port}/"
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        with subprocess.Popen([browser, *flags, url], **quiet) as process:
            if not done["event"].wait(60):
                print("the film was not played to its end within a minute")
            process.terminate()
    return done["code"]


if __name__ == "__main__":
    os._exit(main())
