"""What the settings of a host come to: places that may be asked, and variables for inside."""

import json

import pytest

from awb_core.errors import UsageError
from awb_core.gateway.package_hosts import THIS_HOST, read_settings


def test_settings_come_from_variables_without_their_logins(tmp_path):
    settings = read_settings(
        {
            "PIP_INDEX_URL": "https://user:pass@index.example:8443/simple",
            "PIP_EXTRA_INDEX_URL": "http://127.0.0.1:3141/root/ file:///srv/simple",
            "npm_config_registry": "https://npm.example/",
            "AWB_PACKAGE_HOSTS": "files.example, b.example:8080",
        },
        tmp_path,
        tmp_path,
    )

    assert settings.variables == {
        "PIP_INDEX_URL": "https://index.example:8443/simple",
        "UV_INDEX_URL": "https://index.example:8443/simple",
        "PIP_EXTRA_INDEX_URL": "http://this-host.internal:3141/root/",
        "npm_config_registry": "https://npm.example/",
        "PIP_TRUSTED_HOST": "this-host.internal:3141",
    }
    configured = {(o.scheme, o.host, o.port) for o in settings.origins if o.configured}
    assert configured == {
        ("https", "index.example", 8443),
        ("http", THIS_HOST, 3141),
        ("https", "npm.example", 443),
        ("https", "files.example", 443),
        ("http", "files.example", 80),
        ("https", "b.example", 8080),
        ("http", "b.example", 8080),
    }
    assert len(settings.notes) == 1
    assert settings.notes[0].startswith("PIP_INDEX_URL: its login stays on this host")
    assert "pass" not in json.dumps([settings.notes, dict(settings.variables)])


def test_settings_come_from_files_where_no_variable_says_them(tmp_path):
    (tmp_path / ".config/pip").mkdir(parents=True)
    (tmp_path / "pip.conf").write_text("[global]\nindex-url = https://system.example/\n")
    own = (
        "[global]\nindex-url = https://own.example/%(x)s/\nextra-index-url =\n  http://a.example/\n"
    )
    (tmp_path / ".config/pip/pip.conf").write_text(own)
    (tmp_path / ".npmrc").write_text("fund=false\nregistry = https://npm.example/\n")

    settings = read_settings({"UV_DEFAULT_INDEX": "https://uv.example/"}, tmp_path, tmp_path)

    assert settings.variables == {
        "PIP_INDEX_URL": "https://own.example/%(x)s/",
        "UV_INDEX_URL": "https://uv.example/",
        "PIP_EXTRA_INDEX_URL": "http://a.example/",
        "npm_config_registry": "https://npm.example/",
    }


@pytest.mark.parametrize(
    "environ",
    [
        {"AWB_PACKAGE_HOSTS": "https://pypi.org"},
        {"AWB_PACKAGE_HOSTS": "a.example:0"},
        {"AWB_PACKAGE_HOSTS": "*"},
        {"AWB_CA_BUNDLE": "/nowhere/ca.pem"},
        {"PIP_INDEX_URL": "https://a.example:x/"},
    ],
)
def test_a_setting_that_is_wrong_is_named(environ, tmp_path):
    with pytest.raises(UsageError, match=next(iter(environ))):
        read_settings(environ, tmp_path, tmp_path)
