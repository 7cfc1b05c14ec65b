/** The weight files of a checkpoint: one file or the shards of an index, as safetensors or as torch.save archives. */
import type { CheckpointListing } from './checkpoint-format.ts';
import type { FileProofs } from './file-proofs.ts';

export interface WeightFiles {
  readonly missing: readonly string[];
  /** Weight files and index that are whole. */
  readonly whole: readonly string[];
}

const SHARD = /-\d{5,}-of-(\d{5,})(?=\.)/;

/**
 * Finds and proves the weights. Safetensors are preferred where both kinds lie.
 * `stem` is `model` (whose torch.save name is pytorch_model) or `adapter_model`.
 */
export async function findWeightFiles(
  listing: CheckpointListing,
  proofs: FileProofs,
  stem: 'model' | 'adapter_model',
): Promise<WeightFiles> {
  const torchStem = stem === 'model' ? 'pytorch_model' : stem;
  const names = [...listing.files.keys()];
  const safetensors = names.filter((name) => name.startsWith(stem) && /\.safetensors(?:\.index\.json)?$/.test(name));
  if (safetensors.length > 0) return prove(listing, proofs, `${stem}.safetensors`, proofs.safetensors);
  const torch = names.filter((name) => name.startsWith(torchStem) && /\.bin(?:\.index\.json)?$/.test(name));
  if (torch.length > 0) return prove(listing, proofs, `${torchStem}.bin`, proofs.zip);
  return { missing: [`weights are missing (${stem}.safetensors)${whyNone(listing)}`], whole: [] };
}

/** The shards of the index if there is one, else the single file. */
async function prove(
  listing: CheckpointListing,
  proofs: FileProofs,
  single: string,
  faultOf: FileProofs['safetensors'],
): Promise<WeightFiles> {
  const dot = single.lastIndexOf('.');
  const shardsHere = [...listing.files.keys()].filter(
    (name) => name.startsWith(`${single.slice(0, dot)}-`) && name.endsWith(single.slice(dot)) && SHARD.test(name),
  );
  const indexName = `${single}.index.json`;
  const index = listing.files.get(indexName);
  const missing: string[] = [];
  const whole: string[] = [];
  let expected: readonly string[] = [single];
  if (index) {
    const proof = await proofs.json(index, shardsOfIndex);
    if (proof.fault === null) {
      whole.push(indexName);
      expected = proof.value;
    } else {
      missing.push(`${indexName} ${proof.fault}`);
      expected = shardsHere;
    }
  } else if (shardsHere.length > 0 && !listing.files.has(single)) {
    missing.push(`${indexName} is missing`);
    expected = allShardsLike(shardsHere[0] ?? single);
  }
  const absent: string[] = [];
  for (const name of expected) {
    const entry = listing.files.get(name);
    if (!entry) {
      absent.push(name);
      continue;
    }
    const fault = await faultOf(entry);
    if (fault === null) whole.push(name);
    else missing.push(`${name} ${fault}`);
  }
  if (absent.length > 0) missing.unshift(absentSentence(absent));
  return { missing, whole };
}

function absentSentence(absent: readonly string[]): string {
  const named = absent.slice(0, 3).join(', ');
  const more = absent.length > 3 ? ` and ${absent.length - 3} more` : '';
  return `${named}${more} ${absent.length === 1 ? 'is' : 'are'} missing`;
}

/** File names of an index, each once; a name that leads out of the checkpoint is refused. */
function shardsOfIndex(value: unknown): readonly string[] {
  const map = (value as { weight_map?: unknown } | null)?.weight_map;
  if (typeof map !== 'object' || map === null) throw new Error('has no weight_map');
  const shards = [...new Set(Object.values(map))];
  if (shards.length === 0) throw new Error('names no weight files');
  for (const shard of shards) {
    if (typeof shard !== 'string' || shard === '' || /[/\\\0]/.test(shard) || shard === '..') {
      throw new Error(`names ${JSON.stringify(shard)?.slice(0, 100)} as a weight file`);
    }
  }
  return (shards as string[]).sort();
}

/** All names of the set one shard belongs to: `model-00002-of-00003.safetensors` -> three names. */
function allShardsLike(name: string): string[] {
  const total = SHARD.exec(name)?.[1] ?? '1';
  const count = Math.min(Number(total), 10_000);
  const shard = (at: number) => name.replace(SHARD, `-${String(at).padStart(total.length, '0')}-of-${total}`);
  return Array.from({ length: count }, (_, at) => shard(at + 1));
}

/** Helps with the usual reason for a checkpoint without weights: the framework kept its own shards. */
function whyNone({ directories, files }: CheckpointListing): string {
  const deepspeed = [...directories].find((name) => /^global_step\d+$/.test(name));
  if (deepspeed) {
    return `; ${deepspeed}/ holds DeepSpeed shards only: set stage3_gather_16bit_weights_on_model_save or convert them`;
  }
  const fsdp = [...directories].find((name) => /^pytorch_model_fsdp/.test(name));
  if (fsdp) return `; ${fsdp}/ holds FSDP shards only: save with FULL_STATE_DICT or merge them`;
  if ([...files.keys()].some((name) => name.endsWith('.distcp'))) {
    return '; it is a torch.distributed checkpoint, which must be exported to the Hugging Face format';
  }
  return '';
}
