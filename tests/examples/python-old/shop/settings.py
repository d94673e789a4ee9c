import os

SECRET_KEY = os.environ.get("SECRET_KEY", "only-for-the-build")
ALLOWED_HOSTS = ["*"]
STATIC_URL = "static/"
STATIC_ROOT = "static"
INSTALLED_APPS = ["django.contrib.staticfiles"]
