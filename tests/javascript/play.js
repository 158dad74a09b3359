// Two stock clients play through one server: node play.js URL [SECONDS [name]]
//
// The URL is that of a master, or with "name" that of a name server, which sends them to a master.
// Each step that a client goes through is printed, client by client, so that two runs can be compared. Exits with 0
// when both got through, and otherwise with 1 and what went wrong.
"use strict";

const Photon = require("photon-realtime");

const { LoadBalancingClient, Constants } = Photon.LoadBalancing;
const { State } = LoadBalancingClient;

const [url, seconds = "15", first = "master"] = process.argv.slice(2);
const room = "a room of ä 😀";
const players = [];

// A client whose application is a list of steps and who waits for what should come.
class Player {
  constructor(name) {
    this.name = name;
    this.steps = [];
    this.waiting = [];
    const protocol = Photon.ConnectionProtocol[url.startsWith("wss:") ? "Wss" : "Ws"];
    this.client = new LoadBalancingClient(protocol, "application", "1.0");
    this.client.setLogLevel(Photon.LogLevel.ERROR);
    if (first === "name") this.client.setNameServerAddress(url);
    else this.client.setMasterServerAddress(url);
    this.client.setUserId(name);
    this.client.myActor().setName(name);
    this.client.onStateChange = (state) => this.see(`state ${LoadBalancingClient.StateToName(state)}`);
    this.client.onError = (code, text) => fail(`${name}: error ${code}: ${text}`);
    this.client.onOperationResponse = (error, text, code) => {
      if (error !== 0) this.see(`operation ${code} is refused: ${error} ${text}`);
    };
    this.client.onEvent = (code, content, actor) =>
      this.see(`event ${code} of actor ${actor}: ${summary(content)}`);
    this.client.onActorJoin = (actor) => this.see(`actor ${actor.actorNr} joins: ${actor.name}`);
    this.client.onActorLeave = (actor) => {
      // That a player left itself is said again when its connection has closed, beside what the next one does.
      if (!actor.isLocal) this.see(`actor ${actor.actorNr} leaves: ${actor.name}`);
    };
    players.push(this);
  }

  see(step) {
    this.steps.push(step);
    const found = this.waiting.filter(({ wanted }) => step.startsWith(wanted));
    this.waiting = this.waiting.filter((wait) => !found.includes(wait));
    for (const { resolve } of found) resolve();
  }

  // Waits for a step that has yet to come.
  next(wanted) {
    return new Promise((resolve) => this.waiting.push({ wanted, resolve }));
  }

  // Does something and waits for all the steps it leads to, in any order.
  async after(action, ...wanted) {
    const steps = wanted.map((step) => this.next(step));
    action(this.client);
    await Promise.all(steps);
  }
}

function summary(content) {
  const text = JSON.stringify(content);
  return text.length < 100 ? text : `${text.slice(0, 60)}… of ${text.length}`;
}

function report() {
  for (const { name, steps, waiting } of players) {
    for (const step of steps) console.log(`${name}: ${step}`);
    for (const { wanted } of waiting) console.log(`${name}: waits for: ${wanted}`);
  }
}

function fail(what) {
  report();
  console.log(`FAILED: ${what}`);
  process.exit(1);
}

async function play() {
  const alice = new Player("alice");
  const bob = new Player("bob");
  const connect = (client) => (first === "name" ? client.connectToRegionMaster("eu") : client.connect());
  await alice.after(connect, "state JoinedLobby");
  await bob.after(connect, "state JoinedLobby");
  const missing = `operation ${Constants.OperationCode.JoinGame} is refused: ${Constants.ErrorCode.GameDoesNotExist}`;
  await bob.after((client) => client.joinRoom("nowhere"), missing);

  await alice.after((client) => client.createRoom(room), "state Joined", "actor 1 joins");
  const bobCame = alice.next("actor 2 joins: bob");
  await bob.after((client) => client.joinRoom(room), "state Joined", "actor 2 joins");
  await bobCame;

  // To the others, with characters that UTF-8 and UTF-16 count differently, then an answer to everybody.
  const heard = bob.next("event 42 of actor 1");
  alice.client.raiseEvent(42, { text: "ä€😀", list: [1, 2.5, null, true], long: "😀".repeat(50000) });
  await heard;
  const answered = alice.next("event 43 of actor 2");
  const all = { receivers: Constants.ReceiverGroup.All };
  await bob.after((client) => client.raiseEvent(43, "an answer", all), "event 43 of actor 2");
  await answered;

  // Out of the room, back to the lobby by a new connection, and away.
  const bobLeft = alice.next("actor 2 leaves: bob");
  await bob.after((client) => client.leaveRoom(), "state JoinedLobby");
  await bobLeft;
  await bob.after((client) => client.disconnect(), "state Disconnected");
  await alice.after((client) => client.disconnect(), "state Disconnected");
}

async function connectionsToClose() {
  const open = (resource) => resource === "TCPSocketWrap" || resource === "TLSWrap";
  while (process.getActiveResourcesInfo().some(open)) await new Promise((resolve) => setTimeout(resolve, 5));
}

if (!url) fail("usage: node play.js ws://HOST:PORT|wss://HOST:PORT [SECONDS [name]]");
setTimeout(() => fail(`not through after ${seconds} s`), Number(seconds) * 1000);
process.on("uncaughtException", (error) => fail(error.stack));
Photon.setOnLoad(async () => {
  try {
    await play();
    await connectionsToClose();
    report();
    process.exit(0); // the client's timers go on
  } catch (error) {
    fail(error.stack);
  }
});
