import type { Table } from './table.js';

/** One line of the main table: a figure beside its floor and its goal. */
export interface Figure {
  readonly figure: string;
  readonly measured: string;
  /** What bare calls need for the same in the same run; empty where there is no such thing. */
  readonly floor: string;
  /** Measured divided by floor. */
  readonly ratio: number | undefined;
  readonly goal: string;
  /** Undefined where nothing is asked, or what it is compared with was not measured. */
  readonly isMet: boolean | undefined;
}

/** What one measurement brings to the report. */
export interface Outcome {
  readonly name: string;
  /** Under what its figures were taken, beside what holds for the whole run. */
  readonly conditions: string;
  readonly figures: readonly Figure[];
  readonly tables: readonly Table[];
  /** Every number, for programs. */
  readonly raw: object;
}

/** The outcome of a measurement that broke: a figure that is not met. */
export function brokenOff(name: string, error: unknown): Outcome {
  const [why = ''] = (error instanceof Error ? error.message : String(error)).split('\n');
  return {
    name,
    conditions: 'broken off',
    figures: [
      { figure: name, measured: `broken off: ${why}`, floor: '', ratio: undefined, goal: 'figures', isMet: false },
    ],
    tables: [],
    raw: { error: why },
  };
}

export function figuresTable(figures: readonly Figure[]): Table {
  return {
    title: 'Figures',
    head: ['figure', 'measured', 'floor', 'ratio', 'goal', 'met'],
    rows: figures.map(({ figure, measured, floor, ratio, goal, isMet }) => [
      figure,
      measured,
      floor,
      ratio === undefined ? '' : ratio.toFixed(2),
      goal,
      isMet === undefined ? '' : isMet ? 'yes' : 'no',
    ]),
  };
}

export function conditionsTable(outcomes: readonly Outcome[]): Table {
  return {
    title: 'Conditions',
    head: ['figures', 'taken with'],
    rows: outcomes.map(({ name, conditions }) => [name, conditions]),
  };
}
