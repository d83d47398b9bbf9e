"""The lab as a Space: recordings in, transcripts out, nothing sent anywhere."""

import os

import uvicorn

from speechlab import Lab, Policy
from speechlab.rest.app import create_app

app = create_app(Lab(policy=Policy(local_only=True)), max_upload_mb=200)

if __name__ == "__main__":
    uvicorn.run(app, host=os.environ.get("HOST", "0.0.0.0"), port=int(os.environ.get("PORT", "7860")))
