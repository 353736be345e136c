/**
 * Text for HTML and XML, in elements and in attributes. What XML 1.0 cannot hold at all (section 2.2) is written as U+FFFD, and so are
 * marks that turn the direction of what follows.
 */
export const escapeMarkup = (text: string): string =>
  text.replaceAll(unwritable, "\ufffd").replaceAll(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);

const unwritable = /[\p{Cc}\p{Cs}\ufffe\uffff\u2028\u2029\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;
