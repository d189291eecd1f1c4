"""Every line the chat page says by itself, in one place."""

ASK_PLACEHOLDER = "Ask a question"
ASK = "Ask"
STOP = "Stop"
NEW = "New conversation"
EMPTY = "Type a question first."
TOO_LONG = "That question has {length:,} characters; up to {limit:,} fit. Please shorten it."
TOO_OFTEN = "That was too often; please try again in {seconds} s."

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
FURTHER = "Also answered"
CONTACT = "Ask a person"

STEP = " \N{SINGLE RIGHT-POINTING ANGLE QUOTATION MARK} "  # between a title and its headings
SOURCES = "Sources"
SOURCE = "Source"
CLOSE = "Close source"
PREVIOUS = "Previous footnote"
NEXT = "Next footnote"
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

EVALUATE = "Evaluate"
TO_EVALUATE = "Evaluate the answers on a file of questions"
EVALUATE_ABOUT = (
    "Upload a file of questions to see how well they are answered: a table (.csv, .tsv or .xlsx), .json, .jsonl or "
    ".yaml, or plain text with one question a line. A table needs a column “question”; where it also has "
    "“expected_answer”, “expected_source” or “answerable” (yes or no), answers and sources are judged by them."
)
EVALUATE_BOUNDS = "Up to {questions:,} questions and {megabytes} MB."
EXAMPLE = "Download an example"
EXAMPLE_OFF_TOPIC = "Who won the football match last night?"
QUESTION_FILE = "File of questions"
NO_FILE = "Choose a file first."
ANOTHER = "Evaluate another file"
BACK = "Back to {title}"

READING = "Looking through the file…"
WAITS = "Another evaluation is under way: {done:,} of {total:,} questions. Yours starts when it is done."
WAITS_LONGER = (
    "Another evaluation is under way: {done:,} of {total:,} questions, and {ahead:,} more before yours. "
    "Yours starts when they are done."
)
WAITS_SPOKEN = "Another evaluation is under way. Yours starts when it is done."
KEEPS_ON = "It goes on when you leave; come back to this page to see it."
PROGRESS = "{done:,} of {total:,} questions"
RATE = "{rate} a second"
LEFT = "{time} left"
REPORTING = "Writing the report…"
STOPPING = "Stopping after this question…"
EVALUATION_STOPPED = "Stopped after {done:,} of {total:,} questions. Nothing of it was kept."
EVALUATION_TROUBLE = "Something went wrong while evaluating. It has been written to the log; please try again."
EVALUATION_GONE = "The evaluation shown here before is no longer kept."
EVALUATED = "{total:,} questions evaluated"
EVALUATED_ONE = "1 question evaluated"
INTERVAL = "95 %: {low} – {high}"
LOWER_IS_BETTER = "lower is better"
RESTS_ON = "{count:,} questions"
RESTS_ON_ONE = "1 question"
UNJUDGED = "The file names no expected answers or sources, so nothing here tells right from wrong."
OPEN_REPORT = "Open the report"
DOWNLOADS = "Download"
NO_EVALUATION = "There is no such file, or it is no longer kept."
