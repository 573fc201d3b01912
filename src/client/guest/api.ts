/** What a guest's page asks of the Worker. */
import type {
  GuestCallBack,
  GuestCallInput,
  GuestCallOpened,
  LinkDoor,
  Postcard,
  WatchDoor,
} from "../../legs/links.ts";
import { ask } from "../api.ts";
import { token } from "./given.ts";

const guest = `/api/guest/${encodeURIComponent(token)}`;
const watch = `/api/watch/${encodeURIComponent(token)}`;
const card = `/api/postcards/${encodeURIComponent(token)}`;

/** @throws ApiProblem */
export const getDoor = () => ask<LinkDoor>("GET", guest);
/** @throws ApiProblem */
export const openByLink = (wish: GuestCallInput) => ask<GuestCallOpened>("POST", `${guest}/calls`, wish);
/** @throws ApiProblem; `not_found` where no call of this browser is on */
export const takeBack = () => ask<GuestCallBack>("POST", `${guest}/back`);
/** @throws ApiProblem */
export const getWatchDoor = () => ask<WatchDoor>("GET", watch);
/** @throws ApiProblem; `call_on` as long as its call has not ended */
export const getPostcard = () => ask<Postcard>("GET", card);
/** Deletes the call behind the postcard: its words, its sound, its figures. @throws ApiProblem */
export const deletePostcard = () => ask<unknown>("DELETE", card);

export const watchSocket = `${watch}/socket`;
/** Where the sound of the postcard's call is. */
export const postcardSound = `${card}/recording`;
