import { describe, expect, it } from 'vitest';
import { helpOf, leaves, told } from './told-by-program.js';

describe('the manual page', () => {
  it('has each verb with its options, and the exit codes', async () => {
    const page = await told('manual');
    const verbs = page.slice(page.indexOf('.SH VERBS')).split('\n.SS ');
    for (const path of await leaves()) {
      const verb = verbs.find(text => text.startsWith(`"${path.join(' ')} `) || text.startsWith(`"${path.join(' ')}"`));
      const bare = verb?.replaceAll('\\-', '-');
      for (const option of (await helpOf(...path)).options.filter(name => name !== '--help'))
        expect(bare, path.join(' ')).toContain(option);
      expect(verb).toBeDefined();
    }
    expect(page).toMatch(/^\.TH INCUS-AZURE-PIPELINES 1 "" "incus-azure-pipelines \d+\.\d+\.\d+" "User Commands"\n/);
    expect(page).toMatch(/^\.SH EXIT STATUS\n\.TP\n\.B 0\n/m);
  });

  it('takes no text for a macro', async () => {
    const macros = new Set((await told('manual')).split('\n').flatMap(line => /^[.']\S*/.exec(line) ?? []));
    expect([...macros].sort()).toEqual(['.B', '.BR', '.I', '.SH', '.SS', '.TH', '.TP']);
  });
});
