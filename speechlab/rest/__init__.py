"""The lab over HTTP: routes in OpenAI's shapes, and the web page mounted beside them (:func:`app.create_app`)."""
