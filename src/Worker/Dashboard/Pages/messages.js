import { ask, byId, row, say, time } from "./common.js";

try {
  const messages = await ask("messages/refused?count=200");
  byId("messages").tBodies[0].append(...messages.map(message => row([time(message.receivedAt), message.reason, message.body])));
  byId("messages").hidden = messages.length === 0;
  byId("none").hidden = messages.length > 0;
} catch (error) {
  say(error.message);
}
