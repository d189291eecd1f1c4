"""The chat page: a thin Gradio shell over the events of `Bot.stream`."""
