"""rembg over many photos in one process; runs in rembg's own environment, apart from the project.

    python with_rembg.py MODEL FOLDER PHOTO…

Reads each file and writes NAME.png into the folder, as its command line does for a folder.
"""

import sys
from pathlib import Path

from rembg import new_session, remove


def main() -> None:
    model, folder, *photos = sys.argv[1:]
    session = new_session(model)
    for photo in map(Path, photos):
        cutout = remove(photo.read_bytes(), session=session)
        Path(folder, f"{photo.stem}.png").write_bytes(cutout)


if __name__ == "__main__":
    main()
