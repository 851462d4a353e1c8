/** What Python shows, as something that the page can draw. */

/** Python's straight sRGB pixels, and the size of the whole picture. */
export async function drawable({ rgba, columns, rows, width, height }) {
  const pixels = new Uint8ClampedArray(rgba.buffer, rgba.byteOffset, rgba.length);
  return { bitmap: await createImageBitmap(new ImageData(pixels, columns, rows)), width, height };
}

/** Python's `look` for one job. */
export function looker(note) {
  return async (pixels) => {
    const look = await drawable(pixels);
    note({ look }, [look.bitmap]);
  };
}

/** What has its picture as `seen`, with that as a bitmap instead. */
export async function pictured({ seen, ...told }) {
  return { ...told, bitmap: (await drawable(seen)).bitmap };
}
