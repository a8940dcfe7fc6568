/** Stands between a client and a server, and does to their connections what networks do. TLS passes through it unread. */
import { connect, createServer } from "node:net";
import type { AddressInfo, Socket } from "node:net";

export interface TcpProxy {
  readonly port: number;
  /** Breaks every connection. The next ones work. */
  cut(): void;
  /**
   * Nothing passes any more, and nobody is told, as by a firewall that has forgotten the connections: `open` means those
   * that are open now, `all` new ones, too.
   */
  stall(which: "open" | "all"): void;
  /** What was held back arrives. */
  flow(): void;
  /** Where new connections go from now on. */
  leadTo(port: number): void;
  close(): void;
}

interface Link {
  readonly client: Socket;
  readonly connected: () => Socket | undefined;
  readonly stall: () => void;
  readonly flow: () => void;
}

export async function tcpProxy(to: number): Promise<TcpProxy> {
  const links = new Set<Link>();
  let target = to;
  let stallsNew = false;

  const server = createServer((client) => {
    const link = linkOf(client, () => target);
    links.add(link);
    client.once("close", () => links.delete(link));
    if (stallsNew) link.stall();
    else link.flow();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));

  function cut(): void {
    for (const { client, connected } of links) {
      client.resetAndDestroy();
      connected()?.resetAndDestroy();
    }
  }

  return {
    port: (server.address() as AddressInfo).port,
    cut,
    stall(which) {
      stallsNew = which === "all";
      for (const link of links) link.stall();
    },
    flow() {
      stallsNew = false;
      for (const link of links) link.flow();
    },
    leadTo(port) {
      target = port;
    },
    close() {
      server.close();
      cut();
    },
  };
}

/** One that has not been let through yet leads nowhere. */
function linkOf(client: Socket, target: () => number): Link {
  let other: Socket | undefined;
  client.on("error", () => {});
  client.pause();
  return {
    client,
    connected: () => other,
    stall() {
      client.pause();
      other?.pause();
    },
    flow() {
      other ??= joined(client, target());
      client.resume();
      other.resume();
    },
  };
}

function joined(client: Socket, port: number): Socket {
  const other = connect({ port, host: "127.0.0.1", noDelay: true });
  client.setNoDelay(true);
  for (const [from, into] of [
    [client, other],
    [other, client],
  ] as const) {
    from.on("data", (bytes: Buffer) => into.write(bytes));
    from.on("end", () => into.end());
    from.on("close", () => into.destroy());
  }
  other.on("error", () => {});
  return other;
}
