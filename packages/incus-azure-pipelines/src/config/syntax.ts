/** What the YAML parser refuses, in our own words: its own quote the file, where a token may stand. */

import type { ErrorCode } from 'yaml';

export interface SyntaxAdvice {
  readonly problem: string;
  readonly remedy: string;
}

const QUOTE: SyntaxAdvice = { problem: 'this cannot begin a value without quotes', remedy: 'put the value in quotes' };
const INDENT: SyntaxAdvice = {
  problem: 'this is not indented as YAML needs it',
  remedy: 'give the keys of one map the same indentation, and what belongs under a key more of it',
};
const TAGGED: SyntaxAdvice = { problem: 'tags and anchors of this form are not read', remedy: 'write the value alone' };

const ADVICE: Partial<Record<ErrorCode, SyntaxAdvice>> = {
  TAB_AS_INDENT: { problem: 'a tab is used for indentation', remedy: 'use spaces' },
  DUPLICATE_KEY: { problem: 'this key stands here a second time', remedy: 'keep one of the two' },
  MISSING_CHAR: {
    problem: 'something is missing here',
    remedy: 'look for a quote that is not closed or a ":" without its value just above',
  },
  BAD_INDENT: INDENT,
  UNEXPECTED_TOKEN: INDENT,
  BAD_SCALAR_START: QUOTE,
  BLOCK_AS_IMPLICIT_KEY: {
    problem: 'there are two keys on this line',
    remedy: 'put the value in quotes, or the second key on a line of its own',
  },
  BLOCK_IN_FLOW: {
    problem: 'a block stands inside brackets',
    remedy: 'close the brackets, or write the whole without them',
  },
  MULTILINE_IMPLICIT_KEY: { problem: 'this is text without a key', remedy: 'write "key: value"' },
  BAD_DQ_ESCAPE: {
    problem: 'this escape is unknown between double quotes',
    remedy: 'double the backslash, or use single quotes',
  },
  MULTIPLE_DOCS: { problem: 'a second document begins here', remedy: 'keep one document; delete the line "---"' },
  TAG_RESOLVE_FAILED: TAGGED,
  BAD_PROP_ORDER: TAGGED,
  MULTIPLE_ANCHORS: TAGGED,
  MULTIPLE_TAGS: TAGGED,
  BAD_ALIAS: TAGGED,
};

/** Says what is wrong with a place that the parser could not read, and what would be right. */
export function syntaxAdvice(code: ErrorCode): SyntaxAdvice {
  return (
    ADVICE[code] ?? {
      problem: 'this is not YAML',
      remedy: 'look for a missing quote, colon or space on this line or the one above',
    }
  );
}
