"""Lists of words: what carries grammar, what turns a sentence round, what limits it, what points back."""

# Words that carry grammar and no fact; what is left of a sentence or a question is its content.
GRAMMAR = frozenset(
    "a an the and of in on at to for from by with as that which who whom whose this these those it its they "
    "them their there here be is are was were been being am do does did has have had having will shall also "
    "thus so then into onto upon such he she his her we our us you your i my me what when where why how".split()
)

# Words that turn a sentence round; every one of the evidence must be in the claim, and no other.
NEGATIONS = frozenset(
    "not no never none nor neither without cannot nobody nothing nowhere false untrue wrong incorrect myth "
    "misconception respectively hardly barely fail fails failed lack lacks lacking unlike instead rather "
    "except unless".split()
)

# Words that narrow or widen what a sentence says; those around the words a claim uses must be in the claim.
LIMITS = frozenset(
    "all every each any some many most much few several only always usually often sometimes rarely seldom "
    "generally typically mostly mainly partly almost nearly about around roughly approximately may might can "
    "could should would must if when until before after while although though but however or either both more "
    "less least fewer greater than over under above below up exactly just even still yet already once probably "
    "possibly perhaps likely unlikely claimed claims estimated reportedly according hypothetically supposedly".split()
)

# How a sentence may open that goes on from the one before, and what points back to something named there.
CONNECTIVES = frozenset(
    "however therefore thus so also but and yes moreover furthermore nevertheless instead still then".split()
)
POINTING = frozenset("it its they their them this these those he his him she her hers such".split())
# "In that case", "for this reason", "you can then": how else a sentence leans on the one before.
PREPOSITIONS = frozenset("in on at to for from by with of after before because despite without".split())
DEMONSTRATIVES = frozenset("this that these those such".split())
MODALS = frozenset("can could may might must should will would".split())
# What draws a conclusion, from the sentence before mostly.
CONCLUDING = frozenset("therefore thus hence consequently".split())
# In a tail: a condition, somebody's opinion, or a number's other half.
LIMITING = LIMITS | frozenset(
    "provided providing assuming given subject depending excluding whenever wherever during within since till "
    "otherwise merely solely little zero argue argues argued say says said think thinks believe believes believed "
    "hope hopes critics opponents supporters alleged allegedly supposed myths misconceptions mistakes "
    "errors mistaken hundred thousand million billion trillion".split()
)

# What counts or dates a thing, spelt out; "one" and "second", "may" and "march" are other words too often.
NUMBERS = frozenset(
    "two three four five six seven eight nine ten eleven twelve fifteen twenty thirty forty fifty sixty ninety hundred "
    "thousand million billion once twice half monday tuesday wednesday thursday friday saturday sunday "
    "january february april june july august september october november december".split()
)
# What a number counts, as stems, where two articles may differ in that alone ("14 days", "14 weeks").
UNITS = frozenset("minut hour day week month year euro dollar pound yen franc percent celsius fahrenheit".split())
# After a number alone: a shirt's size may be "M".
SHORT_UNITS = frozenset("kb mb gb tb mm cm m km g kg mg ml l kw mw lb lbs oz chf s min h".split())
