"""The token that all systems accept (HS256, RFC 7519)."""

import base64
import hashlib
import hmac
import json
import time

SECRET = "the-secret-of-the-benchmark-0123456789"
ISSUER = "cmu.edu"
SUBJECTS = "starlord,gamora,drax,rocket,groot"
ENVIRONMENT = {"JWT_SECRET": SECRET, "JWT_ISSUER": ISSUER, "JWT_SUBJECTS": SUBJECTS}


def make(secret: str = SECRET) -> str:
    """A token that is valid for a day."""
    claims = {"iss": ISSUER, "sub": "gamora", "exp": int(time.time()) + 86_400}
    parts = [_base64(json.dumps(part).encode()) for part in ({"alg": "HS256", "typ": "JWT"}, claims)]
    signature = hmac.new(secret.encode(), ".".join(parts).encode(), hashlib.sha256).digest()
    return ".".join([*parts, _base64(signature)])


def _base64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
