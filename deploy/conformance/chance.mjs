// Chance that can be repeated: the same seed makes the same choices (mulberry32).

export class Chance {
  constructor(seed) {
    this.state = seed >>> 0;
  }

  /** A number from 0 up to 1. */
  next() {
    this.state = (this.state + 0x6d2b79f5) >>> 0;
    let mixed = this.state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  }

  /** A whole number below `end`. */
  below(end) {
    return Math.floor(this.next() * end);
  }

  /** True, so often. */
  often(share) {
    return this.next() < share;
  }

  /** One of a list. */
  of(list) {
    return list[this.below(list.length)];
  }
}
