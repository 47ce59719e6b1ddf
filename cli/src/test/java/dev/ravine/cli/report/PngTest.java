package dev.ravine.cli.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;

class PngTest {
    @Test
    void blackIsTheSmallestAndWhiteTheLargest() throws IOException {
        BufferedImage image = read(Png.of(new Pictures.Image(3, 2, new double[] {-1, 0, 1, 1, 0, Double.NaN})));
        assertThat(image.getWidth()).isEqualTo(3);
        assertThat(image.getHeight()).isEqualTo(2);
        assertThat(image.getRGB(0, 0)).isEqualTo(0xFF000000);
        assertThat(image.getRGB(1, 0)).isEqualTo(0xFF808080);
        assertThat(image.getRGB(2, 0)).isEqualTo(0xFFFFFFFF);
        assertThat(image.getRGB(0, 1)).isEqualTo(0xFFFFFFFF);
        assertThat(image.getRGB(2, 1) >>> 24).as("not a number is transparent").isZero();
    }

    @Test
    void oneShadeIsBlack() throws IOException {
        BufferedImage image = read(Png.of(new Pictures.Image(1, 2, new double[] {7, 7})));
        assertThat(image.getRGB(0, 1)).isEqualTo(0xFF000000);
    }

    @Test
    void aSheetHasTheRowsUnderOneAnother() throws IOException {
        Pictures.Image small = new Pictures.Image(2, 3, new double[] {0, 1, 0, 1, 0, 1});
        Pictures.Image large = new Pictures.Image(5, 4, new double[20]);
        BufferedImage sheet = read(Png.sheet(new Pictures(
                "sheet",
                "",
                List.of(new Pictures.Row("a", List.of(small, small, small)), new Pictures.Row("b", List.of(large))))));
        assertThat(sheet.getWidth()).isEqualTo(2 + 2 + 2 + 2 + 2);
        assertThat(sheet.getHeight()).isEqualTo(3 + 2 + 4);
        assertThat(sheet.getRGB(5, 0)).isEqualTo(0xFFFFFFFF);
        assertThat(sheet.getRGB(2, 0) >>> 24).as("between them").isZero();
        assertThat(sheet.getRGB(0, 5)).isEqualTo(0xFF000000);
    }

    @Test
    void noPicturesAreASheetToo() throws IOException {
        assertThat(Png.sheet(new Pictures("sheet", "", List.of()))).isNotEmpty();
    }

    private static BufferedImage read(byte[] png) throws IOException {
        return ImageIO.read(new ByteArrayInputStream(png));
    }
}
