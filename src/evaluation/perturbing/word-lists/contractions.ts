/** English contractions and what they stand for. */

/** Contraction -> written out; both lower case. Where several are written out alike, the last one is how it is contracted. */
const SAFE = `
aren't are not
can't cannot
couldn't could not
didn't did not
doesn't does not
don't do not
hadn't had not
hasn't has not
haven't have not
isn't is not
mightn't might not
mustn't must not
needn't need not
oughtn't ought not
shan't shall not
shouldn't should not
wasn't was not
weren't were not
won't will not
wouldn't would not
i'm i am
i'll i will
i've i have
you're you are
you'll you will
you've you have
we're we are
we'll we will
we've we have
they're they are
they'll they will
they've they have
he'll he will
she'll she will
it'll it will
that'll that will
there'll there will
who'll who will
who've who have
could've could have
should've should have
would've would have
might've might have
must've must have
`;

/** Of these the short form also stands for something else ("has", "had"), so they are only contracted. */
const SHORTENED_ONLY = `
he's he is
she's she is
it's it is
that's that is
there's there is
here's here is
what's what is
where's where is
when's when is
who's who is
how's how is
why's why is
i'd i would
you'd you would
he'd he would
she'd she would
we'd we would
they'd they would
it'd it would
that'd that would
there'd there would
`;

function pairsOf(lines: string): (readonly [short: string, long: string])[] {
  return lines
    .trim()
    .split('\n')
    .map((line) => {
      const gap = line.indexOf(' ');
      return [line.slice(0, gap), line.slice(gap + 1)] as const;
    });
}

/** Short form -> written out, where it can mean nothing else. */
export const EXPANSIONS: ReadonlyMap<string, string> = new Map(pairsOf(SAFE));

/** Written out -> short form. */
export const CONTRACTIONS: ReadonlyMap<string, string> = new Map(
  pairsOf(SAFE + SHORTENED_ONLY.trimStart()).map(([short, long]) => [long, short] as const),
);
