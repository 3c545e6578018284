// A colour slot for each service: from its name, so that it is the same tomorrow and for everyone; services of one
// set that fall on one slot move on to the next free one, in order of name, so that no two look alike.

export const HUES = 12;

/** @returns {Map<string, number>} slots 0 ..< 12, and 12 ..< 24 (the same hues, hatched) when there are more */
export function colourSlots(services) {
  const slots = new Map();
  const names = [...new Set(services)].sort();
  const taken = new Set();
  const clashes = [];
  for (const name of names) {
    const hue = hash(name) % HUES;
    if (taken.has(hue)) {
      clashes.push(name);
    } else {
      taken.add(hue);
      slots.set(name, hue);
    }
  }
  for (const name of clashes) {
    if (taken.size === 2 * HUES) taken.clear(); // more services than looks: they begin to repeat
    const slot = nextFree(taken, hash(name) % HUES);
    taken.add(slot);
    slots.set(name, slot);
  }
  return slots;
}

function nextFree(taken, hue) {
  for (let ring = 0; ring < 2; ring++) {
    for (let k = 0; k < HUES; k++) {
      const slot = ring * HUES + ((hue + k) % HUES);
      if (!taken.has(slot)) return slot;
    }
  }
  return hue;
}

/** The class that styles/parts.css knows for a slot. */
export function slotClass(slot) {
  return slot < HUES ? `hue-${slot}` : `hue-${slot - HUES} hatched`;
}

/** FNV-1a over UTF-16 units, mixed once more because the low digits decide. */
function hash(text) {
  let h = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  h ^= h >>> 15;
  return Math.imul(h, 0x2c1b3c6d) >>> 0;
}
