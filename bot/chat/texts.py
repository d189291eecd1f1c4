"""Every line the chat page says by itself, in one place."""

ASK_PLACEHOLDER = "Ask a question"
ASK = "Ask"
STOP = "Stop"
NEW = "New conversation"
EMPTY = "Type a question first."
TOO_LONG = "That question has {length:,} characters; up to {limit:,} fit. Please shorten it."

SEARCHING = "Reading the articles…"
WRITING = "Checking the next sentence…"
STOPPED = "Stopped."
TROUBLE = "Something went wrong while answering. It has been written to the log; please try again."

LANES = {
    "faq": "Answer as written by the authors",
    "quoted": "Quoted from the articles",
    "generated": "Written from the articles",
}
UNCOVERED = "The articles do not cover: {parts}"
DECLINED = "Not covered by the articles"
NEAREST = "What the articles do answer:"
CONTACT = "Ask a person"

STEP = " \N{SINGLE RIGHT-POINTING ANGLE QUOTATION MARK} "  # between a title and its headings
SOURCES = "Sources"
SOURCE = "Source"
CLOSE = "Close source"
OPEN_ARTICLE = "Open article"
NO_ARTICLE = "There is no such article."
UPDATED = "Updated {date}"
CHANGED = "The article has changed since this was said. These were its words:"
GONE = "This article is no longer among the articles. These were its words:"

GOOD = "Good answer"
BAD = "Bad answer"
COPY = "Copy answer with sources"
RETRY = "Ask again"
VOTE_LOST = "Your vote could not be kept."

READY = "Footnote is ready at {address}"
PORT_IN_USE = "port {port} is in use; set FOOTNOTE_PORT or --port"
CANNOT_LISTEN = "cannot listen on {host} port {port}: {reason}; set FOOTNOTE_HOST and FOOTNOTE_PORT, or --port"
FEEDBACK_OFF = "thumbs up and down are not kept: {path}: {reason}; set FOOTNOTE_DATA to a file that can be written"
