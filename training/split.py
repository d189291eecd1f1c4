"""What training never sees, so that figures on it mean something; bench/evaluate_sets.py asks only these."""

# squad2 by article: every third of the seventeen in alphabetical order, from the second on.
SQUAD2_HELD_OUT = frozenset(
    (
        "Amazon_rainforest",
        "Economic_inequality",
        "Geology",
        "Jacksonville,_Florida",
        "Scottish_Parliament",
        "Yuan_dynasty",
    )
)
# These sets are never trained on at all.
NEVER = (
    "stackfaq",
    "clapnq",
    "nq_open",
    "datatalks_faq",
    "mtrag",
    "bankfaqs",
    "clinc150",
    "selfaware",
    "banking77_oos",
)
