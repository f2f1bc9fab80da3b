import { describe, expect, it } from 'vitest';
import { imageKey, parseOsRelease } from './image.js';
import { imageRecipe } from './image-recipe.js';

describe('parseOsRelease', () => {
  it('reads values with and without quotes', () => {
    const text = 'PRETTY_NAME="Debian GNU/Linux 13 (trixie)"\nVERSION_CODENAME=trixie\nID="debian"\n';
    expect(parseOsRelease(text)).toEqual({ id: 'debian', codename: 'trixie' });
  });

  it('refuses a release without a codename', () => {
    expect(() => parseOsRelease('ID=debian\n')).toThrow('VERSION_CODENAME');
  });
});

describe('imageKey', () => {
  const release = { id: 'debian', codename: 'trixie' };
  const march = new Date('2026-03-31T23:59:59Z');

  it('stays the same within a month', () => {
    expect(imageKey(imageRecipe, release, new Date('2026-03-01T00:00:00Z'))).toBe(
      imageKey(imageRecipe, release, march),
    );
  });

  it('changes with the month, the release and the recipe', () => {
    const keys = [
      imageKey(imageRecipe, release, march),
      imageKey(imageRecipe, release, new Date('2026-04-01T00:00:00Z')),
      imageKey(imageRecipe, { ...release, codename: 'forky' }, march),
      imageKey({ ...imageRecipe, packages: [...imageRecipe.packages, 'git'] }, release, march),
    ];
    expect(new Set(keys).size).toBe(keys.length);
  });
});
