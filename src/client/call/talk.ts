/**
 * What a page needs only once there is a call: it is fetched after the first picture, in one file. It must share no module
 * with the page itself, or the bundler makes a third file that the first picture has to wait for.
 */
export { drawPersonas } from "./draw-personas.ts";
export { goByPeer } from "./go-by-peer.ts";
export { pageId } from "./page-id.ts";
export { LastingWire } from "./reconnect.ts";
export { keepScreenOn } from "./screen.ts";
export { CallSession } from "./session.ts";
export { CallSocket } from "./socket.ts";
