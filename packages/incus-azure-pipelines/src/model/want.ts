/** What a guest had too little of, other than memory: processes, as the host saw; room on its disk, by its own word. */
export type Want = 'processes' | 'disk';
