import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { systemClock } from "./clock.ts";
import { Deliveries } from "./delivery/deliveries.ts";
import { Events } from "./delivery/events.ts";
import { ResponseUrls } from "./delivery/response-urls.ts";
import { SignedHttp } from "./delivery/signed-http.ts";
import { Sockets } from "./delivery/sockets.ts";
import { Triggers } from "./delivery/triggers.ts";
import { Feed } from "./http/feed.ts";
import { listen, portOf } from "./http/front.ts";
import { newSecret } from "./ids.ts";
import type { LocalSlack, LocalSlackOptions } from "./local-slack.ts";
import { readApp } from "./manifest.ts";
import { act, suggest } from "./person/act.ts";
import { openHome } from "./person/home.ts";
import { close, submit } from "./person/modal.ts";
import { say } from "./person/say.ts";
import { Files } from "./state/files.ts";
import { Store } from "./state/store.ts";
import { Views } from "./state/views.ts";
import { until } from "./until.ts";
import { Api } from "./web-api/api.ts";
import { chatMethods } from "./web-api/chat.ts";
import { conversationMethods } from "./web-api/conversations.ts";
import { Faults } from "./web-api/faults.ts";
import { fileMethods } from "./web-api/files.ts";
import { identityMethods } from "./web-api/identity.ts";
import { peopleMethods } from "./web-api/people.ts";
import { RateLimits } from "./web-api/rate-limits.ts";
import { viewMethods } from "./web-api/views.ts";
import { defaultWorkspace } from "./workspace.ts";

/* https://docs.slack.dev/interactivity/handling-user-interaction and https://docs.slack.dev/apis/events-api */
const slackAckDeadlineMs = 3_000;
const slackRetryDelaysMs = [0, 60_000, 300_000];

/**
 * Starts a Slack of our own on loopback: the Web API, Socket Mode or signed HTTP, and a page on which people act.
 * What it does and where it differs from Slack stands in `docs/sandbox-differences.md`.
 *
 * @throws Error when the port is taken or the manifest cannot be read.
 */
export async function startLocalSlack(options: LocalSlackOptions = {}): Promise<LocalSlack> {
  const host = options.host ?? "127.0.0.1";
  const clock = options.clock ?? systemClock;
  const app = readApp(options.manifest);
  const base = options.workspace ?? defaultWorkspace;
  const workspace = options.suggestions === undefined ? base : { ...base, suggestions: options.suggestions };
  const botToken = options.botToken ?? "xoxb-local-bot-token";
  const appToken = options.appToken ?? "xapp-1-local-app-token";
  const signingSecret = options.signingSecret ?? newSecret();
  const scopes = options.scopes ?? app.botScopes;
  let address = "";
  const baseUrl = (): string => `http://${address}/`;

  const store = new Store(workspace, { clock, botName: app.name });
  const files = new Files(clock);
  const triggers = new Triggers(clock);
  const faults = new Faults();
  const sockets = new Sockets({ appId: workspace.app.id, onChange: (connected) => tellBot(connected) });
  let http =
    options.mode?.type === "http"
      ? new SignedHttp({ url: options.mode.requestUrl ?? "", signingSecret, clock })
      : undefined;
  const connected = (): boolean => (http === undefined ? sockets.connected : http.url !== "");
  const deliveries = new Deliveries({
    transport: () => http ?? sockets,
    ackDeadlineMs: options.ackDeadlineMs ?? slackAckDeadlineMs,
    retryDelaysMs: options.retryDelaysMs ?? slackRetryDelaysMs,
  });
  const token = newSecret().slice(0, 24);
  const events = new Events({ store, app, scopes, deliveries, clock, token });
  const responseUrls = new ResponseUrls({ store, events, clock, baseUrl });
  const watchers = new Set<() => void>();
  const views = new Views({ seed: workspace, clock, onChange: (change) => tell(() => feed.changed(change)) });
  const scene = { store, views, app, connected };
  const feed = new Feed(scene);
  store.listen((change) => tell(() => feed.changed(change)));

  function tell(page: () => void): void {
    page();
    for (const watcher of watchers) watcher();
  }
  function tellBot(isConnected: boolean): void {
    tell(() => feed.botConnected(isConnected));
  }

  const connectionUrl = (): string | undefined =>
    http === undefined ? `ws://${address}/link/?${sockets.ticket()}` : undefined;
  const api = new Api({
    methods: {
      ...identityMethods({ store, connectionUrl }),
      ...chatMethods({ store, events, messagesTab: app.messagesTab, baseUrl }),
      ...conversationMethods({ store, events }),
      ...peopleMethods(store),
      ...viewMethods({ store, views, triggers, homeTab: app.homeTab }),
      ...fileMethods({ store, files, events, baseUrl }),
    },
    botToken,
    appToken,
    scopes,
    rateLimits: options.rateLimits === "off" ? undefined : new RateLimits(clock),
    faults,
    clock,
  });
  const stage = { app, store, views, events, deliveries, triggers, responseUrls, token };
  const pageFolder = options.pageFolder ?? fileURLToPath(new URL("page", import.meta.url));
  const server = await listen(
    { api, control: { scene, feed, slack: () => slack }, sockets, responseUrls, faults, files, botToken, pageFolder },
    { host, port: options.port ?? 0 },
  );
  address = `${host}:${portOf(server)}`;

  const slack: LocalSlack = {
    url: baseUrl(),
    apiUrl: `${baseUrl()}api/`,
    botToken,
    appToken,
    signingSecret,
    workspace,
    say: (said) => say(stage, said),
    act: (acted) => act(stage, acted),
    suggest: (typed) => suggest(stage, typed),
    submit: (sent) => submit(stage, sent),
    closeView: (closed) => close(stage, closed),
    openHome: (opened) => openHome(stage, opened),
    messages: (channel) => store.messages(channel),
    ephemerals: (user) => store.ephemerals(user),
    views: (user) => views.stack(user),
    home: (user) => views.home(user),
    calls: (method) => api.records().filter((call) => method === undefined || call.method === method),
    deliveries: () => deliveries.records(),
    connections: () => sockets.size,
    until: (probe, timeoutMs) => until(probe, { watchers, ...(timeoutMs === undefined ? {} : { timeoutMs }) }),
    redeliver: (delivery) => deliveries.redeliver(delivery),
    fail: (method, fault) => faults.add(method, fault),
    disconnectSockets: (reason) => sockets.disconnectAll(reason),
    setRequestUrl: async (url) => {
      const next = new SignedHttp({ url, signingSecret, clock });
      await next.verify(url, token);
      http = next;
      tellBot(true);
    },
    setUser: (id, changes) => {
      const known = store.person(id);
      if (known === undefined) return false;
      events.userChanged(store.putPerson({ ...known, ...changes, id }));
      return true;
    },
    addPerson: (person) => {
      store.putPerson(person);
      if (person.is_bot !== true) store.openIm(person.id);
    },
    addChannel: (channel) => {
      store.putChannel(channel);
    },
    addGroup: (group) => store.putGroup(group),
    join: (id, user) => {
      const channel = store.channel(id);
      if (channel === undefined || channel.members.includes(user)) return;
      events.joined(user, store.putChannel({ ...channel, members: [...channel.members, user] }));
    },
    close: stop,
    [Symbol.asyncDispose]: stop,
  };
  return slack;

  async function stop(): Promise<void> {
    if (!server.listening) return;
    deliveries.close();
    const closed = once(server, "close");
    server.close();
    feed.close();
    await sockets.close();
    server.closeAllConnections();
    await closed;
  }
}
