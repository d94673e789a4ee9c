<?php

namespace App;

class Shop
{
}
