/** How much finding costs and finds: which models are used together. */

/** `light` needs the least, `sharp` finds the most. */
export const modelTiers = ['light', 'standard', 'sharp'] as const
export type ModelTier = (typeof modelTiers)[number]
