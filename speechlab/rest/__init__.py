"""The lab over HTTP: routes and live sockets in OpenAI's shapes and its own, and the web page mounted beside them
(:func:`app.create_app`)."""
