/** What a PromQL expression names; as much of the language as boards and alerts of this repository use. */
export interface Named {
  /** Metrics, each with the labels that it is selected by. */
  readonly metrics: readonly { readonly name: string; readonly labels: readonly string[] }[];
  /** Labels by which the whole is grouped or matched. */
  readonly grouping: readonly string[];
}

/** A word of the language, and no metric. */
const WORDS: ReadonlySet<string> = new Set([
  'and',
  'or',
  'unless',
  'by',
  'on',
  'without',
  'ignoring',
  'offset',
  'bool',
]);

/** Finds the names of metrics and labels in an expression. @throws Error for a metric that is named by a label. */
export function namedIn(expr: string): Named {
  if (expr.includes('__name__')) throw new Error(`a metric is named by a label: ${expr}`);
  const bare = expr.replaceAll(/"(?:[^"\\]|\\.)*"/g, '""').replaceAll(/\[[^\]]*\]/g, '');
  const groups = /\b(?:by|on|without|ignoring|group_left|group_right)\s*\(([^)]*)\)/g;
  const grouping = [...bare.matchAll(groups)].flatMap(([, labels = '']) => wordsOf(labels));
  const selectors = bare.replaceAll(groups, ' ').matchAll(/([A-Za-z_:][A-Za-z0-9_:]*)\s*(\(|\{([^}]*)\})?/g);
  const metrics = [...selectors].flatMap(([, name = '', after, inside = '']) =>
    after === '(' || WORDS.has(name) ? [] : [{ name, labels: wordsOf(inside.replaceAll(/[!=~]+""/g, '')) }],
  );
  return { metrics, grouping };
}

/** A label by which a metric is selected, and what it may say then. */
export interface Selected {
  readonly metric: string;
  readonly label: string;
  readonly alternatives: readonly string[];
}

/** Finds what the metrics of an expression are selected by; of a regular expression its alternatives. */
export function selectedIn(expr: string): readonly Selected[] {
  const selectors = expr.matchAll(/([A-Za-z_:][A-Za-z0-9_:]*)\s*\{((?:[^"}]|"(?:[^"\\]|\\.)*")*)\}/g);
  return [...selectors].flatMap(([, metric = '', inside = '']) =>
    [...inside.matchAll(/(\w+)\s*(=~|!~|!=|=)\s*"((?:[^"\\]|\\.)*)"/g)].map(
      ([, label = '', operator = '', value = '']) => ({
        metric,
        label,
        alternatives: operator.includes('~') ? value.split('|') : [value],
      }),
    ),
  );
}

function wordsOf(list: string): string[] {
  return list.split(',').flatMap(word => (word.trim() === '' ? [] : [word.trim()]));
}
