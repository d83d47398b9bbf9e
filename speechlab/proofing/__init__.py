"""Proof-listening: what was spoken goes through a recogniser, and what came back is compared with what was written."""

from .comparing import Slip
from .likeness import Similarity, embedding, similarity
from .listening import Proofing, proof
from .proof import Proof
from .reference import clip_of

__all__ = ["Proof", "Proofing", "Similarity", "Slip", "clip_of", "embedding", "proof", "similarity"]
