/**
 * nginx as a proxy, with one worker: what a C program makes of the same job.
 *
 * @module
 */

import { join } from "node:path";
import type { PeerKind, PeerSurroundings } from "./peer.ts";
import { preparedProgram, versionOf } from "./program.ts";

/** Bodies pass through as they come, as the watches of an API server need it. */
function configuration(
  { material, originPort }: PeerSurroundings,
  port: number,
  directory: string,
): string {
  return `
${Deno.uid() === 0 ? "user root;" : ""}
worker_processes 1;
daemon off;
pid ${directory}/pid;
error_log ${directory}/log;
events { worker_connections 4096; }
http {
  access_log ${directory}/log;
  client_body_temp_path ${directory}/body;
  proxy_temp_path ${directory}/proxy;
  fastcgi_temp_path ${directory}/fastcgi;
  uwsgi_temp_path ${directory}/uwsgi;
  scgi_temp_path ${directory}/scgi;
  client_max_body_size 0;
  keepalive_timeout 180s;
  keepalive_requests 1000000000;
  upstream origin {
    server 127.0.0.1:${originPort};
    keepalive 64;
    keepalive_requests 1000000000;
  }
  server {
    listen 127.0.0.1:${port} ssl;
    ssl_certificate ${material.directory}/tls.crt;
    ssl_certificate_key ${material.directory}/tls.key;
    ssl_protocols TLSv1.2 TLSv1.3;
    location / {
      proxy_pass https://origin;
      proxy_http_version 1.1;
      proxy_ssl_protocols TLSv1.2 TLSv1.3;
      proxy_ssl_verify on;
      proxy_ssl_name localhost;
      proxy_ssl_trusted_certificate ${material.directory}/ca.crt;
      proxy_set_header Host kubernetes.default.svc;
      proxy_set_header Connection "";
      proxy_set_header Authorization "Bearer ${material.token}";
      proxy_buffering off;
      proxy_buffer_size 64k;
      proxy_buffers 4 64k;
      proxy_request_buffering off;
      proxy_read_timeout 1h;
    }
  }
}
`;
}

/** nginx with one worker. */
export const nginx: PeerKind = {
  name: "nginx",
  description: "nginx with one worker, unbuffered, with an access log",
  obstacle: async () =>
    await versionOf("nginx", ["-v"]) === undefined
      ? "there is no nginx: install it"
      : undefined,
  build: () => Promise.resolve(),
  prepare: (surroundings) =>
    preparedProgram(surroundings.material, async (port, directory) => {
      const file = join(directory, "nginx.conf");
      await Deno.writeTextFile(
        file,
        configuration(surroundings, port, directory),
        { mode: 0o600 },
      );
      return [
        "nginx",
        "-p",
        directory,
        "-e",
        join(directory, "log"),
        "-c",
        file,
      ];
    }),
};
