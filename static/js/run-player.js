// Where the playback of a run stands. Pure: time comes in, a new state goes out.
//
// A run may last two seconds or a blink, so what was recorded is played at reading pace. `head` is
// how far the run is known to have come; the playhead never passes it.

export const SECONDS_PER_EPOCH = 2.5;
// One arrow key moves by an eighth of an epoch, as often as the engine reports.
export const STEP = 0.125;

/** `follow` keeps the playhead at the head, without any pace. */
export function newPlayer({ autoplay, follow }) {
  return { at: 0, playing: autoplay && !follow, follow, speed: 1 };
}

/** The player after `seconds` have passed. */
export function advance(player, seconds, head, ended) {
  if (player.follow || player.at > head) return { ...player, at: head };
  if (!player.playing) return player;
  const at = Math.min(head, player.at + (seconds * player.speed) / SECONDS_PER_EPOCH);
  return { ...player, at, playing: !(ended && at >= head) };
}

export function seek(player, at, head) {
  return { ...player, at: Math.min(Math.max(at, 0), head), playing: false, follow: false };
}

export function toEnd(player, head) {
  return { ...player, at: head, playing: false, follow: true };
}

export function restart(player) {
  return { ...player, at: 0, playing: true, follow: false };
}

/** Pauses or goes on; at the end of an ended run it plays from the start. */
export function toggle(player, head, ended) {
  if (player.playing) return { ...player, playing: false };
  if (ended && player.at >= head) return restart(player);
  return { ...player, playing: true, follow: false };
}

export function withSpeed(player, speed) {
  return { ...player, speed };
}

/** Whether everything there will ever be has been played. */
export function isAtEnd(player, head, ended) {
  return ended && player.at >= head;
}
