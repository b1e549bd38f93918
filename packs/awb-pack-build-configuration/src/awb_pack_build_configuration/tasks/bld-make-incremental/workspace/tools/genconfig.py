"""usage: genconfig.py CONFIG_INI OUT_H"""

import configparser
import sys

import emit


def main(source: str, out: str) -> None:
    config = configparser.ConfigParser()
    with open(source, encoding="utf-8") as file:
        config.read_file(file)
    lines = [emit.banner("config.ini"), "#ifndef GAUGE_CONFIG_H", "#define GAUGE_CONFIG_H", ""]
    for section in config.sections():
        for key, value in config[section].items():
            if not value.isdigit():
                emit.fail(f"[{section}] {key}: not a number: {value}")
            lines.append(f"#define CFG_{section.upper()}_{key.upper()} {int(value)}")
    lines += ["", "#endif", ""]
    emit.save(out, "\n".join(lines))


main(*sys.argv[1:])
